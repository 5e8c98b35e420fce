// A button that counts down: the platform said how long to wait, and nothing is asked before that.

import { say } from "./words.js";

/** Count `seconds` down on `button`, then call `over`. */
export function countDown(button, seconds, over) {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) return say(button, `あと${left}秒お待ちください`, `Wait ${left} s`);
    clearInterval(counting);
    button.removeAttribute("aria-disabled");
    return over();
  };
  button.setAttribute("aria-disabled", "true");
  const counting = setInterval(tick, 1000);
  tick();
}
