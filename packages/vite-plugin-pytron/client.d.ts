/**
 * The app's Python, from Vite: what `pytron-client` exports, and each exposed function by its name
 * where the app's types are there.
 */
declare module "virtual:pytron" {
  export * from "pytron-client";
  export { default } from "pytron-client";
}
