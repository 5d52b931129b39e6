import { createComponent } from "solid-js";
import { render } from "solid-js/web";
import { App } from "./App";
import "./style.css";

const place = document.getElementById("app");
if (place) render(() => createComponent(App, {}), place);
