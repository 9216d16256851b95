import js from "@eslint/js";
import globals from "globals";

// Data become text nodes only; whoever writes HTML in a script breaks the build.
const noHtml = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"].map((property) => ({
  property,
  message: "Make elements with `dom.js`; text from data must not become HTML.",
}));

export default [
  { ignores: ["node_modules/**", "static/vendor/**"] },
  js.configs.recommended,
  {
    files: ["static/js/**/*.js"],
    languageOptions: { globals: { ...globals.browser, L: "readonly" } },
    rules: {
      // One more than in Python for each list that is read: `??` counts as a branch.
      "complexity": ["error", 10],
      "curly": "error",
      "eqeqeq": "error",
      "max-lines": ["error", 250],
      "max-params": ["error", 5],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": ["error", ...noHtml],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
