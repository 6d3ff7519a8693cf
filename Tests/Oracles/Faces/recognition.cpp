// Writes what dlib's face recognition network makes of a drawn picture and of a part of the
// astronaut's photograph: the golden values of RecognitionTests.
//
//   apt-get install libdlib-dev
//   g++ -O2 -std=c++17 recognition.cpp -ldlib -o recognition
//   ./recognition Corpus/samples/dlib-face-recognition.dat Corpus/samples/astronaut.png FIXTURE

#include <dlib/dnn.h>
#include <dlib/image_io.h>
#include <fstream>

using namespace dlib;

template <int N, template <typename> class BN, int stride, typename SUBNET>
using block = BN<con<N, 3, 3, 1, 1, relu<BN<con<N, 3, 3, stride, stride, SUBNET>>>>>;
template <int N, typename SUBNET>
using same = relu<add_prev1<block<N, affine, 1, tag1<SUBNET>>>>;
template <int N, typename SUBNET>
using down =
    relu<add_prev2<avg_pool<2, 2, 2, 2, skip1<tag2<block<N, affine, 2, tag1<SUBNET>>>>>>>;

template <typename SUBNET> using level4 = same<32, same<32, same<32, SUBNET>>>;
template <typename SUBNET> using level3 = same<64, same<64, same<64, down<64, SUBNET>>>>;
template <typename SUBNET> using level2 = same<128, same<128, down<128, SUBNET>>>;
template <typename SUBNET> using level1 = same<256, same<256, down<256, SUBNET>>>;
template <typename SUBNET> using level0 = down<256, SUBNET>;

using network = loss_metric<fc_no_bias<
    128,
    avg_pool_everything<level0<level1<level2<level3<level4<max_pool<
        3, 3, 2, 2, relu<affine<con<32, 7, 7, 2, 2, input_rgb_image_sized<150>>>>>>>>>>>>>;

int main(int, char **arguments) {
  network net;
  deserialize(arguments[1]) >> net;
  matrix<rgb_pixel> drawn(150, 150), photograph, face(150, 150);
  load_image(photograph, arguments[2]);
  for (int y = 0; y < 150; ++y) {
    for (int x = 0; x < 150; ++x) {
      const int value = 7 * x + 13 * y + x * y % 97;
      drawn(y, x) = rgb_pixel(value % 256, (value + 50) % 256, (value + 100) % 256);
      face(y, x) = photograph(50 + y, 150 + x);
    }
  }
  // Safetensors: the header's length, the header, the numbers.
  const std::string header =
      "{\"drawn\":{\"dtype\":\"F32\",\"shape\":[128],\"data_offsets\":[0,512]},"
      "\"face\":{\"dtype\":\"F32\",\"shape\":[128],\"data_offsets\":[512,1024]}}";
  const std::uint64_t length = header.size();
  std::ofstream file(arguments[3], std::ios::binary);
  file.write(reinterpret_cast<const char *>(&length), 8) << header;
  for (const auto *picture : {&drawn, &face}) {
    const matrix<float, 0, 1> found = net(*picture);
    file.write(reinterpret_cast<const char *>(&found(0)), 512);
  }
}
