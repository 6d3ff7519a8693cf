import Foundation

/// Writes a line to standard output at once.
func respond(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
