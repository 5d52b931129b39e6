const { contextBridge, ipcRenderer } = require("electron");
contextBridge.exposeInMainWorld("floor", {
  add: (a, b) => ipcRenderer.invoke("add", a, b),
  report: (text) => ipcRenderer.send("report", text),
  finish: () => ipcRenderer.send("finish"),
});
