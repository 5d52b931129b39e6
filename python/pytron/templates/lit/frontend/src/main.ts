import "./style.css";
import "./main-view";

document.getElementById("app")?.append(document.createElement("main-view"));
