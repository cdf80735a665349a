// Shows a form as a person meets it, nothing filled in.
(async () => {
  const schema = JSON.parse(given.text);
  stage.style.cssText += `width: 1100px; padding: 16px 24px; box-sizing: border-box; font-family: ${given.font};`;
  document.head.insertAdjacentHTML("beforeend", `<style>.fjs-container { --font-family: ${given.font}; }</style>`);
  const form = new FormViewer.Form({ container: stage });
  const { warnings = [] } = (await form.importSchema(schema, {})) ?? {};
  await new Promise((done) => setTimeout(done, 300));
  const box = stage.getBoundingClientRect();
  shown(box.width, box.height, warnings);
})().catch(failed);
