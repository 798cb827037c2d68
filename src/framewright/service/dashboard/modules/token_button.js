// Forgets the token of this visit; not there while there is none.

import { make } from "./elements.js";
import { icon } from "./icons.js";
import { bearer, forget, onChange } from "./token.js";

export const tokenButton = () => {
  const button = make(
    "button",
    { type: "button", class: "button plain", title: "Forget the token", "aria-label": "Forget the token", on: { click: () => (forget(), location.reload()) } },
    icon("key"),
  );
  const show = () => {
    button.hidden = bearer() === null;
  };
  onChange(show);
  show();
  return button;
};
