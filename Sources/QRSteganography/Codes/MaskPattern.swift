/// Whether a mask turns the module at a row and column over.
///
/// Source: ISO/IEC 18004:2015, table 10.
func maskInverts(_ mask: Int, row: Int, column: Int) -> Bool {
  switch mask {
  case 0: (row + column) % 2 == 0
  case 1: row % 2 == 0
  case 2: column % 3 == 0
  case 3: (row + column) % 3 == 0
  case 4: (row / 2 + column / 3) % 2 == 0
  case 5: row * column % 2 + row * column % 3 == 0
  case 6: (row * column % 2 + row * column % 3) % 2 == 0
  case 7: ((row + column) % 2 + row * column % 3) % 2 == 0
  default: preconditionFailure("there is no mask \(mask)")
  }
}
