// Times this project's engine.
//
//     bench          times every case a few times
//     bench --serve  answers each line `CASE REPEATS` of standard input by a line of milliseconds; see compare.py

/// Milliseconds of each of some runs.
func times(_ run: () -> Void, repeats: Int) -> [Double] {
  (0..<repeats).map { _ in ContinuousClock().measure(run) / .milliseconds(1) }
}

func rounded(_ milliseconds: Double) -> String {
  let thousandths = Int((milliseconds * 1000).rounded())
  let fraction = String(thousandths % 1000)
  return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
}

if CommandLine.arguments.dropFirst().first != "--serve" {
  for name in Case.allCases {
    let run = name.prepared()
    run()
    let found = times(run, repeats: 5).sorted()
    print("\(name.rawValue): best \(rounded(found[0])) ms, median \(rounded(found[2])) ms")
  }
} else {
  respond("of this checkout")
  var prepared: [Case: () -> Void] = [:]
  while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let name = Case(rawValue: String(words[0])),
      let repeats = Int(words[1])
    else {
      respond("-")
      continue
    }
    if prepared[name] == nil {
      prepared[name] = name.prepared()
      prepared[name]?()
    }
    guard let run = prepared[name] else { continue }
    respond(times(run, repeats: repeats).map(rounded).joined(separator: " "))
  }
}
