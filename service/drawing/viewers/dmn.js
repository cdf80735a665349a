// Shows every view of a decision file one under the other: the requirements first, then each table.
const words = {
  When: "如果", And: "并且", Then: "那么", Annotations: "依据", "Hit policy:": "命中策略：",
  Unique: "唯一（UNIQUE）", First: "第一条（FIRST）", Any: "任一（ANY）", Priority: "优先（PRIORITY）",
  Collect: "全部列出（COLLECT）", "Rule order": "按序（RULE ORDER）", "Output order": "按输出（OUTPUT ORDER）",
  "Collect (Sum)": "求和（COLLECT SUM）", "Collect (Min)": "最小（COLLECT MIN）",
  "Collect (Max)": "最大（COLLECT MAX）", "Collect (Count)": "计数（COLLECT COUNT）",
};
const chinese = { translate: ["value", (text) => words[text] ?? text] };

(async () => {
  const views = await viewsOf();
  const several = views.list.filter((view) => view.type !== "drd").length > 1;
  stage.style.cssText += `width: max-content; padding: 16px; font-family: ${given.font};`;
  document.head.insertAdjacentHTML("beforeend", `<style>
    .dmn-decision-table-container, .dmn-js-parent { height: auto !important; font-family: ${given.font} !important; }
    .dmn-decision-table-container .tjs-container { height: auto !important; overflow: visible !important; }
    .dmn-decision-table-container .view-drd, .dmn-definitions { display: none; }
    .view { margin-bottom: 20px; }
    .expression { color: #888; font-size: 11px; padding: 0 4px 4px; overflow-wrap: anywhere; }
  </style>`);
  for (const { id, type } of views.list) {
    if (type !== "drd" || several) await show(id, type);
  }
  const box = stage.getBoundingClientRect();
  shown(box.width, box.height, views.warnings);
})().catch(failed);

async function viewsOf() {
  const reader = new DmnJS({ container: document.createElement("div") });
  const { warnings } = await reader.importXML(given.text, { open: false });
  return { list: reader.getViews(), warnings };
}

async function show(id, type) {
  const holder = document.createElement("div");
  holder.className = "view";
  stage.append(holder);
  const viewer = new DmnJS({ container: holder, decisionTable: { additionalModules: [chinese] } });
  await viewer.importXML(given.text, { open: false });
  const view = viewer.getViews().find((one) => one.id === id);
  await viewer.open(view);
  if (type === "drd") fitRequirements(viewer.getActiveViewer().get("canvas"), holder);
  if (type === "decisionTable") fitTable(view.element.decisionLogic, holder);
}

// The viewer leaves out two things an analyst wants to see: the widths set in the modeler, and what a column asks.
function fitTable(table, holder) {
  const columns = [...table.input, ...table.output];
  holder.querySelectorAll("thead th.input-cell, thead th.output-cell").forEach((cell, position) => {
    const column = columns[position];
    if (column.width) cell.style.width = `${column.width}px`;
    const asked = column.inputExpression ? column.inputExpression.text : column.name;
    cell.insertAdjacentHTML("beforeend", '<div class="expression"></div>');
    cell.lastElementChild.textContent = asked ?? "";
  });
}

function fitRequirements(canvas, holder) {
  const margin = 20;
  const { inner } = canvas.viewbox();
  const width = inner.width + 2 * margin;
  const height = inner.height + 2 * margin;
  holder.style.width = `${width}px`;
  holder.querySelectorAll(".dmn-drd-container, .dmn-js-parent").forEach((one) => {
    one.style.cssText += `height: ${height}px !important`;
  });
  canvas.resized();
  canvas.viewbox({ x: inner.x - margin, y: inner.y - margin, width, height });
}
