// What a thread of its own runs.
postMessage(19 + 23);
