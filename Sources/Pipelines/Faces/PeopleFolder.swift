internal import Foundation

/// Photographs of people, a folder for each.
struct PeopleFolder: Sendable {
  struct Person: Sendable {
    let name: String
    /// In alphabetical order.
    let photographs: [String]
  }

  /// In alphabetical order.
  let people: [Person]
  /// The last 40, whom nothing is trained on.
  var held: [Person] { Array(people.suffix(40)) }

  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if the folder cannot be listed or holds no
  ///   folders with pictures.
  init(_ path: String) throws(PipelineError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .unreadable(path: path, reason: "the folder cannot be listed")
    }
    var people: [Person] = []
    for name in names.sorted() where !name.contains(".") {
      guard let found = try? MediaFolder(["\(path)/\(name)"]), !found.stills.isEmpty else {
        continue
      }
      people.append(Person(name: name, photographs: found.stills))
    }
    guard !people.isEmpty else {
      throw .unreadable(path: path, reason: "it holds no folders with photographs of people")
    }
    self.people = people
  }
}
