import { render } from "preact";
import { Page } from "./layout/page.tsx";
import "./style/page.css";

const root = document.querySelector("#page");
if (root === null) throw new Error("the document has no place for the page");
render(<Page />, root);
