"use client";

import pytron from "pytron-client";
import { useEffect, useState } from "react";
import { Count, Events, Greeting } from "../cards";
import logo from "../logo.svg";

export default function Page() {
  const [problem, setProblem] = useState("");
  const [alive, setAlive] = useState(false); // it is drawn before there is a Python to ask
  useEffect(() => {
    setAlive(true);
    pytron.ready.catch((error: Error) => setProblem(error.message));
  }, []);
  return (
    <main className="app">
      <header className="head">
        <img src={logo.src} alt="" />
        <div>
          <h1>Pytron App</h1>
          <p>Python behind Next.js, in a window of its own.</p>
        </div>
      </header>
      {problem && <p className="problem">{problem}</p>}
      {alive && (
        <div className="cards">
          <Greeting />
          <Count />
          <Events />
        </div>
      )}
      <p className="foot">
        Edit <code>app.py</code> and <code>frontend/src/app/page.tsx</code>; <code>pytron dev</code>{" "}
        shows it as you save.
      </p>
    </main>
  );
}
