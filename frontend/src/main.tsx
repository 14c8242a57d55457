import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/choices.css";
import "./styles/surfaces.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/float.css";
import "./styles/shell.css";
import { render } from "preact";
import { App } from "./app/app";
import { startRouter } from "./app/router";
import { startTheme } from "./app/theme";

startTheme();
startRouter();
render(<App />, document.body);
