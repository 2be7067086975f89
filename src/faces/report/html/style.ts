/** The looks of the report: the colours and measures of the web page. Nothing is loaded from anywhere. */
export const STYLE = `:root{color-scheme:light dark;--back:#f5f6f8;--panel:#fff;--line:#dde1e6;--text:#1b2026;--dim:#57606b;--good:#1a7033;--good-fill:#3fa35a;--bad:#b3261e;--bad-fill:#d9453b;--bad-soft:#fce8e6;--warn:#8a5300;--warn-soft:#fdf1dc;--warn-fill:#e0982f;--busy:#0a5fbf;--busy-fill:#4a90e2;--calm-fill:#d3d8de;--calm-soft:#eef0f3;--good-soft:#e3f3e7;--busy-soft:#e4effb;--heat:217,69,59}
@media (prefers-color-scheme:dark){:root{--back:#0f1216;--panel:#171b21;--line:#2a313a;--text:#e4e8ee;--dim:#9aa5b2;--good:#5cc97a;--good-fill:#38934f;--bad:#ff8a80;--bad-fill:#d9534a;--bad-soft:#361a19;--warn:#e8b04c;--warn-soft:#32260f;--warn-fill:#c08428;--busy:#74b3ff;--busy-fill:#3f7fc8;--calm-fill:#3a434e;--calm-soft:#21272f;--good-soft:#14291b;--busy-soft:#182a40}}
*{box-sizing:border-box}
body{margin:0;font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;color:var(--text);background:var(--back)}
main,header,footer{max-width:1200px;margin:0 auto;padding:0 24px}
header{padding-top:24px}
h1{font-size:22px;line-height:28px;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;line-height:20px;margin:0 0 12px}
h3{font-size:13px;margin:20px 0 8px}
section{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:16px 0}
p{margin:0 0 8px}
.note,footer{color:var(--dim);overflow-wrap:anywhere}
footer{padding-bottom:32px}
.badge{display:inline-block;padding:0 8px;border-radius:10px;font-size:12px;font-weight:600;vertical-align:2px;background:var(--calm-soft);color:var(--dim)}
.badge.good{background:var(--good-soft);color:var(--good)}.badge.bad{background:var(--bad-soft);color:var(--bad)}.badge.warn{background:var(--warn-soft);color:var(--warn)}.badge.busy{background:var(--busy-soft);color:var(--busy)}
.next{margin:8px 0 0}.next code{display:block;padding:8px 12px;margin-top:4px;background:var(--panel);border:1px solid var(--line);border-radius:6px;user-select:all}
code{font:12.5px/18px ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono","Liberation Mono",monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0 0;padding:0;list-style:none}
.cards li{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.cards b{display:block;font-size:20px;line-height:28px;font-weight:650;white-space:nowrap}.cards small{display:block;font-size:12px;line-height:16px;color:var(--dim)}
.cards .bad b{color:var(--bad)}
.share{display:flex;gap:2px;height:12px;margin:16px 0 0;border-radius:6px;overflow:hidden;background:var(--calm-soft)}.share i{min-width:3px}
figure{margin:0 0 8px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 8px;padding:0;list-style:none;font-size:12px;color:var(--dim)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.plot{display:grid;grid-template-columns:max-content minmax(0,1fr);column-gap:8px}
.canvas svg{display:block;width:100%;height:180px}
.scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;font-size:11px;line-height:14px;color:var(--dim);margin:-7px 0}
.axis{display:flex;justify-content:space-between;gap:8px;margin-top:4px;font-size:11px;line-height:16px;color:var(--dim)}
.grid{stroke:var(--line);fill:none;vector-effect:non-scaling-stroke}
.rising{stroke:var(--text);stroke-width:1.5;fill:none;vector-effect:non-scaling-stroke}
.hint{fill:transparent}.hint:hover{fill:var(--dim);fill-opacity:.18}
.good-fill{fill:var(--good-fill)}i.good-fill{background:var(--good-fill)}.bad-fill{fill:var(--bad-fill)}i.bad-fill{background:var(--bad-fill)}.busy-fill{fill:var(--busy-fill)}i.busy-fill{background:var(--busy-fill)}.calm-fill{fill:var(--calm-fill)}i.calm-fill{background:var(--calm-fill)}i.text-fill{background:var(--text);height:2px;vertical-align:4px}i.warn-fill{background:var(--warn-fill)}.dot{fill:var(--dim);fill-opacity:.55}.dot.warn{fill:var(--warn-fill);fill-opacity:1}
.gaps{position:relative;height:18px;margin-top:4px;background:var(--calm-soft);border-radius:3px;overflow:hidden}
.gaps span{position:absolute;top:0;height:18px;font-size:11px;line-height:18px;overflow:hidden;text-align:center;white-space:nowrap;background:var(--warn-soft);color:var(--warn);border-left:2px solid var(--warn-fill)}
.scroll{position:relative;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;font-size:12px;font-weight:600;color:var(--dim);white-space:nowrap}
td,th{padding:4px 16px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:last-child,th:last-child{padding-right:0}
tr:last-child td{border-bottom:0}
td{white-space:nowrap}.n{text-align:right}.w{min-width:240px;white-space:normal;overflow-wrap:anywhere}.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.heat{width:auto}.heat td,.heat th{padding:4px 10px}.heat .h{background:rgba(var(--heat),var(--a))}
.bar{display:inline-block;width:96px;height:8px;border-radius:2px;background:var(--calm-soft);vertical-align:1px}.bar i{display:block;height:8px;border-radius:2px;min-width:2px}
.strip{display:block;width:100%;height:44px}
details{margin-top:8px}summary{cursor:pointer;color:var(--busy);font-size:13px}details[open] summary{margin-bottom:8px}
:focus-visible{outline:2px solid var(--busy);outline-offset:1px;border-radius:4px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 16px;margin:0}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:600px){main,header,footer{padding-left:12px;padding-right:12px}section{padding:12px}.cards{grid-template-columns:1fr 1fr}.axis span:nth-child(2),.axis span:nth-child(4){display:none}.canvas svg{height:140px}dl{grid-template-columns:1fr}dd{margin-bottom:8px}}
`;
