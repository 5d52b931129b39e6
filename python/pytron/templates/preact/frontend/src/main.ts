import { h, render } from "preact";
import { App } from "./App";
import "./style.css";

const place = document.getElementById("app");
if (place) render(h(App, null), place);
