// Times this project's engine.
//
//     bench [NAME …]  times every case, or those that begin with a name, a few times, and tells their memory
//     bench --serve   answers each line `CASE REPEATS` of standard input by a line of milliseconds; see compare.py

import Kernels

/// Milliseconds of each of some runs.
func times(_ run: () -> Void, repeats: Int) -> [Double] {
  (0..<repeats).map { _ in
    let started = milliseconds()
    run()
    return milliseconds() - started
  }
}

func rounded(_ milliseconds: Double) -> String {
  let thousandths = Int((milliseconds * 1000).rounded())
  let fraction = String(thousandths % 1000)
  return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first != "--serve" {
  for workload in workloads
  where arguments.isEmpty || arguments.contains(where: workload.name.hasPrefix) {
    let run = workload.prepared()
    run()
    let found = times(run, repeats: 5).sorted()
    let peak = measuringMemory(run).peakBytes >> 20
    print(
      "\(workload.name): best \(rounded(found[0])) ms, median \(rounded(found[2])) ms, "
        + "at most \(peak) MiB of buffers")
  }
} else {
  respond("of this checkout")
  var prepared: (name: String, run: () -> Void)?
  while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let repeats = Int(words[1]),
      let workload = workloads.first(where: { $0.name == words[0] })
    else {
      respond("-")
      continue
    }
    if prepared?.name != workload.name {
      prepared = nil  // frees the last one before the next is made
      releaseUnusedMemory()
      prepared = (workload.name, workload.prepared())
      prepared?.run()
    }
    guard let run = prepared?.run else { continue }
    respond(times(run, repeats: repeats).map(rounded).joined(separator: " "))
  }
}
