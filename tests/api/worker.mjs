// An external worker as its makers wrote it: does one piece of work of a topic, and stops.
const [, , baseUrl, topic, username, password, modules] = process.argv;

const clientModule = await import(`${modules}/camunda-external-task-client-js/index.js`);
const { Client, BasicAuthInterceptor, Variables } = clientModule;
const client = new Client({
  baseUrl,
  workerId: "js-worker",
  asyncResponseTimeout: 2000,
  interval: 50,
  interceptors: new BasicAuthInterceptor({ username, password }),
});

client.subscribe(topic, async ({ task, taskService }) => {
  const results = new Variables().set("decision", task.variables.get("note") === "x" ? "approve" : "reject");
  await taskService.complete(task, results);
  client.stop();
  process.exit(0);
});
setTimeout(() => process.exit(1), 20000);
