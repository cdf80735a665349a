// An external worker as its makers wrote it: the first try at each piece of work fails, the second ends in an error or
// completes. Stops when as many as asked for have ended.
const [, , baseUrl, topic, username, password, modules, wanted] = process.argv;

const clientModule = await import(`${modules}/camunda-external-task-client-js/index.js`);
const { Client, BasicAuthInterceptor, Variables } = clientModule;
const client = new Client({
  baseUrl,
  workerId: "js-worker",
  maxTasks: 1,
  asyncResponseTimeout: 2000,
  interval: 50,
  interceptors: new BasicAuthInterceptor({ username, password }),
});

let ended = 0;
client.subscribe(topic, async ({ task, taskService }) => {
  if (task.retries === null) {
    const failure = { errorMessage: "没有信号", errorDetails: "trace", retries: 1, retryTimeout: 0 };
    await taskService.handleFailure(task, failure);
    return;
  }
  const note = task.variables.get("note");
  if (note === "broken") await taskService.handleBpmnError(task, "unreadable", "看不清");
  else await taskService.complete(task, new Variables().set("decision", note === "x" ? "approve" : "reject"));
  ended += 1;
  if (ended === Number(wanted)) {
    client.stop();
    process.exit(0);
  }
});
setTimeout(() => process.exit(1), 40000);
