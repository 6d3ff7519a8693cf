/// A picture or sound that a network made or changed, closed until it is marked.
///
/// Whoever makes one closes it in. Only code that imports this module with `@_spi(Marking)`, which is
/// the marker, gets it out again, and what it gives back is ``Marked``; writers of synthetic media
/// take nothing else. So code that would write an unmarked one does not compile.
public struct Synthetic<Media: Sendable>: Sendable {
  @_spi(Marking) public let unmarked: Media

  public init(_ media: Media) {
    unmarked = media
  }
}

/// A picture or sound that carries a mark.
public struct Marked<Media: Sendable>: Sendable {
  public let media: Media

  @_spi(Marking) public init(_ media: Media) {
    self.media = media
  }
}
