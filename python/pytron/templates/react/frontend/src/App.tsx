import pytron from "pytron-client";
import { useEffect, useState } from "react";
import { Count, Events, Greeting } from "./cards";
import logo from "./logo.svg";

export function App() {
  const [problem, setProblem] = useState("");
  useEffect(() => {
    pytron.ready.catch((error: Error) => setProblem(error.message));
  }, []);
  return (
    <main className="app">
      <header className="head">
        <img src={logo} alt="" />
        <div>
          <h1>Pytron App</h1>
          <p>Python behind React, in a window of its own.</p>
        </div>
      </header>
      {problem && <p className="problem">{problem}</p>}
      <div className="cards">
        <Greeting />
        <Count />
        <Events />
      </div>
      <p className="foot">
        Edit <code>app.py</code> and <code>frontend/src/App.tsx</code>; <code>pytron dev</code>{" "}
        shows it as you save.
      </p>
    </main>
  );
}
