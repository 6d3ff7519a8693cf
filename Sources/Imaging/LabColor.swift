internal import Foundation

// CIE 1976 L*a*b* of sRGB colours in 0…1, under the white of D65; values beyond go on.

private let white = SIMD3<Double>(0.950456, 1, 1.088754)
private let toXYZ = [
  SIMD3(0.412453, 0.357580, 0.180423), SIMD3(0.212671, 0.715160, 0.072169),
  SIMD3(0.019334, 0.119193, 0.950227),
]
private let fromXYZ = [
  SIMD3(3.240479, -1.53715, -0.498535), SIMD3(-0.969256, 1.875991, 0.041556),
  SIMD3(0.055648, -0.204043, 1.057311),
]

func labColor(_ rgb: SIMD3<Double>) -> SIMD3<Double> {
  var linear = SIMD3<Double>()
  for i in 0..<3 {
    linear[i] = rgb[i] > 0.04045 ? pow((rgb[i] + 0.055) / 1.055, 2.4) : rgb[i] / 12.92
  }
  var f = SIMD3<Double>()
  for i in 0..<3 {
    let t = (toXYZ[i] * linear).sum() / white[i]
    f[i] = t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116
  }
  return SIMD3(116 * f.y - 16, 500 * (f.x - f.y), 200 * (f.y - f.z))
}

func rgbColor(_ lab: SIMD3<Double>) -> SIMD3<Double> {
  let y = (lab.x + 16) / 116
  let f = SIMD3(y + lab.y / 500, y, y - lab.z / 200)
  var xyz = SIMD3<Double>()
  for i in 0..<3 {
    let cube = f[i] * f[i] * f[i]
    xyz[i] = white[i] * (cube > 0.008856 ? cube : (f[i] - 16.0 / 116) / 7.787)
  }
  var rgb = SIMD3<Double>()
  for i in 0..<3 {
    let linear = (fromXYZ[i] * xyz).sum()
    rgb[i] = linear > 0.0031308 ? 1.055 * pow(linear, 1 / 2.4) - 0.055 : 12.92 * linear
  }
  return rgb
}
