import { test } from "vitest";
import { Rig, run } from "/work/main/test/ssh/session-rig.ts";
for (let i=0;i<60;i++) test("x"+i, async () => {
    const rig = await Rig.open();
    await rig.place.startHost("outer");
    await rig.place.startHost("mid");
    const inner = await rig.place.startHost("gate", {}, { ProxyJump: "outer,mid" });
    const s = await Promise.race([rig.connect("gate", { transport:"ssh2" }), new Promise<undefined>(r=>setTimeout(()=>r(undefined),4000))]);
    if (!s) { console.log((globalThis as any).LOG.slice(-60).join("\n")); console.log(inner.log()); throw new Error("hang"); }
    (globalThis as any).LOG=[];
}, 20000);
