// The page where Next is not: in its tests.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import Page from "./app/page";

const place = document.getElementById("app");
if (place) createRoot(place).render(createElement(Page));
