import Testing

@testable import Pipelines

struct WordingTests {
  @Test func `probabilities are put in words`() {
    #expect(chance(1e-3).hasSuffix("less than 1 in 1000"))
    #expect(chance(2e-72).hasSuffix("less than 1 in 10^71"))
    #expect(chance(0).hasSuffix("less than 1 in 10^300"))
    #expect(chance(1) == "unmarked media often looks like this")
  }

  @Test func `text from a mark cannot act on a terminal`() {
    #expect(printable("a\u{1B}[31m\nb\u{202E}c") == "a·[31m·b·c")
    #expect(printable("Grüße 🐻") == "Grüße 🐻")
  }

  @Test func `text from a mark cannot act in a page`() {
    #expect(escapedForHTML("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
  }

  @Test func `progress tells frames, speed and what is left`() {
    let known = FrameProgress(framesDone: 50, framesExpected: 200, seconds: 4)
    #expect(ProgressLine.text(known) == "50 of 200 frames, 12.5 frames/s, 12 s left")
    let unknown = FrameProgress(framesDone: 50, framesExpected: nil, seconds: 4)
    #expect(ProgressLine.text(unknown) == "50 frames, 12.5 frames/s")
  }
}
