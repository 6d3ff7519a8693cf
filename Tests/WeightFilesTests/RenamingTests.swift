import Foundation
import Testing

@testable import WeightFiles

@Suite struct `A renaming` {
  private let renaming = Renaming(
    [
      ("net.*.conv.*", "blocks.*.convolution.*"), ("head.**", "top.**"), ("old", "new"),
      ("net.*.**", "rest.*.**"),
    ], leavingOut: ["**.count"])

  @Test(arguments: [
    ("net.3.conv.weight", "blocks.3.convolution.weight"),
    ("net.3.conv.weight.x", "rest.3.conv.weight.x"),  // a component has no dot
    ("head.a.b", "top.a.b"), ("old", "new"), ("older", "older"), ("net.", "net."),
  ])
  func `replaces by the first pattern that matches, in either direction`(
    theirs: String, ours: String
  ) {
    #expect(renaming.renamed(theirs) == ours)
    #expect(renaming.inverse.renamed(ours) == theirs)
  }

  @Test func `leaves out what means nothing`() {
    #expect(renaming.renamed("a.b.count") == nil)
    #expect(renaming.renamed("count") == "count")
  }

  @Test func `tells of two arrays that would have one name`() throws {
    let array = try StoredArray(.uint8, shape: [1], storage: Data([7]))
    let (arrays, collisions) = renaming.renamed([
      ("old", array), ("x.count", array), ("new", array),
    ])
    #expect(Array(arrays.keys) == ["new"])
    #expect(collisions == ["new occurs twice"])
  }
}
