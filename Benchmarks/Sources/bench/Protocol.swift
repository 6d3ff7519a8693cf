import Foundation

/// Writes a line to standard output at once.
func respond(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// What has passed; where the variable CLOCK is "processor", what all threads have spent.
func milliseconds() -> Double {
  if spends { return 1000 * Double(clock()) / Double(CLOCKS_PER_SEC) }
  return Double(DispatchTime.now().uptimeNanoseconds) / 1e6
}

private let spends = ProcessInfo.processInfo.environment["CLOCK"] == "processor"
