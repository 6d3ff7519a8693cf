internal import ArgumentParser
internal import Foundation
internal import Pipelines

/// Parses, runs, and turns whatever went wrong into one sentence and a status.
@main
enum Main {
  static func main() async {
    Interruption.removePartialFiles()
    let status = await run(Array(CommandLine.arguments.dropFirst()))
    exit(status.rawValue)
  }

  private static func run(_ arguments: [String]) async -> ExitStatus {
    var command: any ParsableCommand
    do {
      command = try Palimpsest.parseAsRoot(arguments)
    } catch {
      return stop(for: error, otherwise: .wrongUse)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return .done
    } catch let code as ExitCode {
      return ExitStatus(rawValue: code.rawValue) ?? .internalError
    } catch {
      return stop(for: error, otherwise: ExitStatus(for: error))
    }
  }

  /// Help that was asked for is no error.
  private static func stop(for error: any Error, otherwise status: ExitStatus) -> ExitStatus {
    if Palimpsest.exitCode(for: error) == .success {
      do {
        try writeStandardOutput(Palimpsest.fullMessage(for: error) + "\n")
        return .done
      } catch {
        return ExitStatus(for: error)
      }
    }
    let isOurs = status != .wrongUse || error is PipelineError
    writeStandardError(isOurs ? sentence(for: error) : Palimpsest.message(for: error))
    return status
  }
}
