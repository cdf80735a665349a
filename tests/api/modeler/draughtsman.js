// Draws in the editor of Camunda Modeler what a plan says, by its palette, menus, context pad and properties panel.
// It must not know BPMN: a plan names what a person would click on, by the words on the screen.
/* global BpmnModeler */

const NEW_DIAGRAM = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="Process_1" isExecutable="true" camunda:historyTimeToLive="180"><bpmn:startEvent id="StartEvent_1" />
  </bpmn:process><bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Process_1">
  <bpmndi:BPMNShape id="_BPMNShape_StartEvent_2" bpmnElement="StartEvent_1">
  <dc:Bounds x="179" y="159" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
const PATIENCE = 2000; // milliseconds for the panel to show what was selected

// --- waiting

// The panel listens to changes only after a frame has been painted. Nobody looks here: a frame is over at once.
const turns = new MessageChannel();
const waiting = [];
turns.port1.onmessage = () => waiting.shift()();
const soon = (act) => {
  waiting.push(act);
  turns.port2.postMessage(null);
};
window.requestAnimationFrame = (act) => {
  soon(() => act(performance.now()));
  return 0;
};
const later = window.setTimeout.bind(window);
window.setTimeout = (act, delay, ...rest) => (delay ? later(act, delay, ...rest) : soon(() => act(...rest)) || 0);
const rest = async () => {
  for (let count = 0; count < 8; count += 1) await new Promise(soon);
};

async function until(look, what) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) throw new Error(what());
    await rest();
  }
}

const words = (node) => (node ? node.textContent.trim() : '');
const named = (nodes, label, word) => [...nodes].find((node) => words(label(node)) === word);
const all = (nodes, label) => [...nodes].map((node) => words(label(node))).join(' | ');

class Draughtsman {
  constructor(canvas, panel) {
    this.panel = panel;
    this.modeler = new BpmnModeler({ container: canvas, propertiesPanel: { parent: panel }, debounceInput: false });
    this.modeler.get('dragging').setOptions({ manual: true });
  }

  get(service) {
    return this.modeler.get(service);
  }

  async open(xml) {
    const { warnings } = await this.modeler.importXML(xml || NEW_DIAGRAM);
    const { outer } = this.get('canvas').viewbox(); // saving moves a drawing to the corner and scrolls after it
    this.get('canvas').viewbox({ x: 0, y: 0, ...outer });
    await until(() => this.panel.querySelector('input[name=id]'), () => 'the panel shows nothing');
    await rest();
    if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join('; '));
  }

  async save() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  element(id) {
    const found = id ? this.get('elementRegistry').get(id) : this.get('canvas').getRootElement();
    if (!found) throw new Error(`nothing called ${id} on the canvas`);
    return found;
  }

  // --- the mouse

  event(point) {
    const { left, top } = this.get('canvas').getContainer().getBoundingClientRect();
    const still = () => undefined;
    const [clientX, clientY] = [left + point.x, top + point.y];
    return { clientX, clientY, target: null, preventDefault: still, stopPropagation: still, button: 0 };
  }

  drop(target, point) {
    const dragging = this.get('dragging');
    dragging.hover({ element: target, gfx: this.get('canvas').getGraphics(target) });
    dragging.move(this.event(point));
    dragging.end();
  }

  // --- what a plan is made of

  palette({ title, id, into, onto, x, y }) {
    const entry = Object.values(this.get('palette').getEntries()).find((each) => each.title === title);
    if (!entry) throw new Error(`the palette has no "${title}"`);
    entry.action.click(this.event({ x: 0, y: 0 }));
    const host = onto && this.element(onto);
    this.drop(host || this.element(into), host ? { x: host.x + x, y: host.y + host.height } : { x, y });
    const [drawn] = this.get('selection').get();
    if (!drawn) throw new Error(`"${title}" cannot be dropped there`);
    if (title === 'Create expanded sub-process') this.get('modeling').removeElements([...drawn.children]);
    return id && this.field({ on: drawn.id, group: 'General', field: 'ID', value: id });
  }

  pad({ on, title }) {
    const element = on === 'pool' ? this.get('canvas').getRootElement().children[0] : this.element(on);
    const entries = Object.values(this.get('contextPad').getEntries(element));
    const entry = entries.find((each) => each.title === title);
    if (!entry) throw new Error(`beside ${on} there is no "${title}"; there is ${entries.map((each) => each.title).join(' | ')}`);
    (entry.action.click || entry.action)(this.event({ x: 0, y: 0 }), element);
  }

  appended({ on, title, id, x, y }) {
    const before = new Set(this.get('elementRegistry').getAll().map((each) => each.id));
    this.pad({ on, title });
    if (this.get('dragging').context()) this.drop(this.get('canvas').getRootElement(), { x, y });
    const fresh = (each) => !before.has(each.id) && each.type !== 'label' && !each.waypoints;
    const drawn = this.get('elementRegistry').getAll().filter(fresh);
    if (!drawn.length) throw new Error(`"${title}" draws nothing`);
    return this.field({ on: drawn[drawn.length - 1].id, group: 'General', field: 'ID', value: id });
  }

  wrench({ on, entry }) {
    const pad = Object.values(this.get('contextPad').getEntries(this.element(on)));
    if (!pad.some((each) => each.title === 'Change element')) throw new Error(`${on} has no wrench`);
    const menu = this.get('popupMenu');
    menu.open(this.element(on), 'bpmn-replace', { x: 10, y: 10 });
    const { entries, headerEntries } = menu._current;
    const offered = [...Object.values(entries), ...Object.values(headerEntries)];
    const chosen = offered.find((each) => (each.label || each.title) === entry);
    if (!chosen) {
      menu.close();
      throw new Error(`the wrench of ${on} has no "${entry}"; it has ${offered.map((each) => each.label || each.title).join(' | ')}`);
    }
    menu.trigger(this.event({ x: 10, y: 10 }), chosen);
    if (menu.isOpen()) menu.close();
    return rest();
  }

  resize({ on, width, height, x, y }) {
    this.get('modeling').resizeShape(this.element(on), { x, y, width, height });
  }

  connect({ from, to, id }) {
    const [source, target] = [this.element(from), this.element(to)];
    const before = new Set(target.incoming);
    const middle = (shape) => ({ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 });
    this.get('connect').start(this.event(middle(source)), source);
    this.drop(target, middle(target));
    const drawn = target.incoming.find((each) => !before.has(each));
    if (!drawn) throw new Error(`no line can be drawn from ${from} to ${to}`);
    return id && this.field({ on: drawn.id, group: 'General', field: 'ID', value: id });
  }

  // The page of the file's text.
  async text({ search, replace }) {
    const xml = await this.save();
    const changed = xml.replace(new RegExp(search), replace);
    if (changed === xml) throw new Error(`the text has no ${search}`);
    await this.open(changed);
  }

  // --- the panel

  async select(id) {
    const element = this.element(id);
    const shown = () => this.panel.querySelector('input[name=id]')?.value === element.id;
    if (this.get('selection').get()[0] === element && shown()) return;
    this.get('selection').select(element === this.get('canvas').getRootElement() ? [] : element);
    await until(shown, () => `the panel does not show ${element.id}`);
    await rest();
  }

  group(title) {
    const groups = this.panel.querySelectorAll('.bio-properties-panel-group');
    const head = (node) => node.querySelector('.bio-properties-panel-group-header-title');
    return until(() => named(groups.length ? this.panel.querySelectorAll('.bio-properties-panel-group') : [], head, title),
      () => `the panel has no group "${title}"; it has ${all(groups, head)}`);
  }

  async input(group, field) {
    const label = (node) => node.querySelector('.bio-properties-panel-label');
    const entries = () => [...group.querySelectorAll('.bio-properties-panel-entry')].filter((node) => label(node));
    const entry = await until(() => named(entries(), label, field),
      () => `the panel has no field "${field}" there; it has ${all(entries(), label)}`);
    return entry.querySelector('input, textarea, select');
  }

  async fill(input, value, what) {
    if (input.type === 'checkbox') {
      if (input.checked !== value) input.click();
    } else if (input.tagName === 'SELECT') {
      const option = [...input.options].find((each) => each.textContent.trim() === value);
      if (!option) throw new Error(`${what} offers no "${value}"; it offers ${[...input.options].map(words).join(' | ')}`);
      input.value = option.value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    } else {
      input.focus();
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.blur();
    }
    await rest();
  }

  async field({ on, group, field, value }) {
    await this.select(on);
    await this.fill(await this.input(await this.group(group), field), value, `${group}: ${field}`);
  }

  async item({ on, group, fields }) {
    await this.select(on);
    const box = await this.group(group);
    const items = () => [...box.querySelectorAll('.bio-properties-panel-collapsible-entry')];
    const before = new Set(items().map((each) => each.dataset.entryId));
    box.querySelector('.bio-properties-panel-add-entry').click();
    const fresh = await until(() => items().find((each) => !before.has(each.dataset.entryId)),
      () => `"${group}" takes no new item`);
    const key = `[data-entry-id="${fresh.dataset.entryId}"]`;
    for (const [name, value] of fields) {
      await this.fill(await this.input(this.panel.querySelector(key), name), value, `${group}: ${name}`);
    }
  }
}

// What every hand does with a job: open, take the steps, save; a failure is told with its step.
window.carryOut = async function carryOut(hand, { name, open, steps }) {
  try {
    await hand.open(open);
    for (const step of steps || []) {
      try {
        await hand[step.do](step);
      } catch (error) {
        throw new Error(`${JSON.stringify(step)}: ${error.message}`);
      }
    }
    return { name, text: await hand.save() };
  } catch (error) {
    return { name, error: error.message };
  }
};

Draughtsman.prototype.draw = function draw(job) {
  return window.carryOut(this, job);
};
window.Draughtsman = Draughtsman;
