// Shows every view of a decision file one under the other: the requirements first, then each table.
(async () => {
  const reader = new DmnJS({ container: document.createElement("div") });
  const { warnings } = await reader.importXML(given.text, { open: false });
  const views = reader.getViews();
  const several = views.filter((view) => view.type !== "drd").length > 1;
  stage.style.cssText += `width: max-content; padding: 16px; font-family: ${given.font};`;
  document.head.insertAdjacentHTML("beforeend", `<style>
    .dmn-decision-table-container, .dmn-drd-container, .dmn-js-parent { height: auto !important; font-family: ${given.font} !important; }
    .dmn-decision-table-container .tjs-container { height: auto !important; overflow: visible !important; }
    .dmn-decision-table-container .view-drd, .dmn-definitions { display: none; }
    .dmn-decision-table-container table { width: max-content; }
    .dmn-decision-table-container td, .dmn-decision-table-container th { max-width: 340px; }
    .view { margin-bottom: 20px; }
  </style>`);
  for (const view of views) {
    if (view.type === "drd" && !several) continue;
    const holder = document.createElement("div");
    holder.className = "view";
    stage.append(holder);
    const viewer = new DmnJS({ container: holder });
    await viewer.importXML(given.text, { open: false });
    await viewer.open(viewer.getViews().find((one) => one.id === view.id));
    if (view.type === "drd") fitRequirements(viewer.getActiveViewer().get("canvas"), holder);
  }
  const box = stage.getBoundingClientRect();
  shown(box.width, box.height, warnings);
})().catch(failed);

function fitRequirements(canvas, holder) {
  const margin = 20;
  const { inner } = canvas.viewbox();
  const width = inner.width + 2 * margin;
  const height = inner.height + 2 * margin;
  holder.style.width = `${width}px`;
  holder.style.height = `${height}px`;
  holder.querySelectorAll(".dmn-drd-container, .dmn-js-parent").forEach((one) => { one.style.cssText += `height: ${height}px !important`; });
  canvas.resized();
  canvas.viewbox({ x: inner.x - margin, y: inner.y - margin, width, height });
}
