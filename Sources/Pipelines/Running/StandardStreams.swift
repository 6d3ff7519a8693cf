internal import Foundation

/// The name that stands for standard input or output on the command line.
let standardStreamName = "-"

/// Everything that standard input holds.
func readStandardInput() throws(PipelineError) -> [UInt8] {
  do {
    return Array(try FileHandle.standardInput.readToEnd() ?? Data())
  } catch {
    throw .unreadable(path: "standard input", reason: sentence(for: error))
  }
}

/// Writes to standard output, and fails if that does.
public func writeStandardOutput(_ text: String) throws {
  try writeStandardOutput(Array(text.utf8))
}

func writeStandardOutput(_ bytes: [UInt8]) throws(PipelineError) {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(bytes))
  } catch {
    throw .unwritable(path: "standard output", reason: sentence(for: error))
  }
}

/// Writes a sentence about what went wrong, or what the reader should know, to standard error.
public func writeStandardError(_ sentence: String) {
  try? FileHandle.standardError.write(contentsOf: Data("palimpsest: \(sentence)\n".utf8))
}
