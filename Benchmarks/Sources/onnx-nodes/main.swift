internal import Foundation

// Runs tests that onnx_nodes.py wrote: each line of standard input names a folder, and is answered by a line: "passes",
// "differs" or why it cannot be run.

setvbuf(stdout, nil, _IOLBF, 0)
while let folder = readLine() {
  do {
    print(try NodeTest(folder: folder).passes() ? "passes" : "differs")
  } catch {
    print("\(error)")
  }
}
