import { render } from "preact";
import { Page } from "./layout/page.tsx";
import { followLinks } from "./state/location.ts";
import "./style/page.css";

const root = document.querySelector("#page");
if (root === null) throw new Error("the document has no place for the page");
followLinks();
render(<Page />, root);
