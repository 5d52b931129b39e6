import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./style.css";

const place = document.getElementById("app");
if (place) createRoot(place).render(createElement(App));
