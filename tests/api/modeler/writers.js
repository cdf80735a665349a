// The editors of tables and forms as Camunda Modeler has them: opens a file, changes cells, saves.
/* global DmnModeler, FormEditor */

class Tabler {
  constructor(canvas) {
    this.modeler = new DmnModeler({ container: canvas });
  }

  async open(xml) {
    const { warnings } = await this.modeler.importXML(xml);
    if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join('; '));
  }

  // The sheet of a decision, as a click on it opens it.
  async sheet(decision) {
    const view = this.modeler.getViews().find((each) => each.element.id === decision && each.type === 'decisionTable');
    if (!view) throw new Error(`no table is called ${decision}`);
    await this.modeler.open(view);
    return this.modeler.getActiveViewer();
  }

  async cell({ decision, row, column, value }) {
    const viewer = await this.sheet(decision);
    const { rows, cols } = viewer.get('sheet').getRoot();
    const cell = rows[row === 'last' ? rows.length - 1 : row].cells[cols.findIndex((each) => each.businessObject.label === column)];
    viewer.get('modeling').editCell(cell.businessObject, value);
  }

  async row({ decision }) {
    (await this.sheet(decision)).get('editorActions').trigger('addRule');
  }

  async save() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  draw(job) {
    return window.carryOut(this, job);
  }
}

class Former {
  constructor(canvas) {
    this.editor = new FormEditor.FormEditor({ container: canvas });
  }

  async open(text) {
    const { warnings } = await this.editor.importSchema(JSON.parse(text));
    if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join('; '));
  }

  save() {
    return JSON.stringify(this.editor.saveSchema(), null, 2);
  }

  draw(job) {
    return window.carryOut(this, job);
  }
}

window.Tabler = Tabler;
window.Former = Former;
