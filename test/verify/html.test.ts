import { Html, html } from "../../lib/verify/page/html.js";

test("escapes text, in attributes too, and leaves markup as it is", () => {
  const text = `<b> & "c" 'd'`;
  const escaped = "&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;";
  const list = [html`<li>${1}</li>`, text, 2];
  // prettier-ignore
  const made = html`<p title="${text}">${text}${new Html("<br>")}${list}</p>`;
  expect(made.text).toBe(`<p title="${escaped}">${escaped}<br><li>1</li>${escaped}2</p>`);
});
