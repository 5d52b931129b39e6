// What Electron itself takes: a window, a page, and its own way between the two.
const { app, BrowserWindow, ipcMain } = require("electron");
const path = require("node:path");

app.enableSandbox();
app.setPath("userData", process.env.FLOOR_PROFILE);
ipcMain.handle("add", (_, a, b) => a + b);
ipcMain.on("report", (_, text) => console.log(`@@report ${text}`));
ipcMain.on("finish", () => app.exit(0));
app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 500,
    height: 400,
    webPreferences: {
      preload: path.join(__dirname, "preload.js"),
      sandbox: true,
      contextIsolation: true,
    },
  });
  window.loadFile(path.join(__dirname, "..", "page", "floor.html"));
});
