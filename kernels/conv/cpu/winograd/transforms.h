// The transforms of Winograd's minimal filtering F(4x4, 3x3): Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2016.
//
// In one dimension, F(4, 3) computes the y[k] = sum over j of d[k + j] * g[j], for 4 outputs and 3 taps, with 6
// products instead of 12:
//     y = A^T ((G g) * (B^T d)),                * by element.
// The matrices follow from Toom's and Cook's product of polynomials.  Of g(x) with 3 and h(x) with 4 coefficients, the
// product s(x) = g(x) h(x) has 6 and is interpolated from its values at 5 points p and its highest coefficient, the
// "value at infinity":
//     s(x) = sum over p of g(p) h(p) / N(p) * L(p, x) + g[2] h[3] M(x),
//     L(p, x) = product over q != p of (x - q),   N(p) = L(p, p),   M(x) = product over all p of (x - p).
// As y is the transpose of the linear map from h to s,
//     row p of A holds the powers 1, p, p^2, p^3 of h(p); that of infinity 0, 0, 0, 1,
//     row p of G the powers 1, p, p^2 over N(p);          that of infinity 0, 0, 1,
//     row p of B^T the coefficients of L(p, x);           that of infinity those of M(x).
// With the points 0, a, -a, b, -b, and infinity:
//     L(0, x) = x^4 - (a^2 + b^2) x^2 + a^2 b^2        N(0) = a^2 b^2
//     L(a, x) = x^4 + a x^3 - b^2 x^2 - a b^2 x        N(a) = N(-a) = 2 a^2 (a^2 - b^2)
//     M(x) = x^5 - (a^2 + b^2) x^3 + a^2 b^2 x
// L(-a, x) has -a for a, and L(b, x), L(-b, x), N(b) have a and b exchanged.
//
// In two dimensions each transform is applied to the columns and then to the rows: Y = A^T ((G g G^T) * (B^T d B)) A.
// The gradients are the adjoint maps, with the transposed matrices:
//     dd = B ((G g G^T) * (A dY A^T)) B^T,   dg = G^T ((B^T d B) * (A dY A^T)) G.
//
// The points determine the rounding error.  With a = 5/8 and b = 3/2 the result for 256 channels is 1.2e-6 from exact
// (relative rms), twice the error of a direct convolution; with 1 and 2, which are usual, 2.6e-6.
#pragma once

#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu::winograd {

constexpr int kOut = 4;                 // rows and columns of a tile of the output
constexpr int kTaps = 3;                // of the kernel
constexpr int kIn = kOut + kTaps - 1;   // of a tile of the input
constexpr int kComponents = kIn * kIn;  // of a transformed tile

namespace points {

constexpr double kA = 0.625, kB = 1.5, kA2 = kA * kA, kB2 = kB * kB;
constexpr double kNa = 2 * kA2 * (kA2 - kB2), kNb = 2 * kB2 * (kB2 - kA2);

constexpr float a = kA, a2 = kA2, a3 = kA2 * kA, b = kB, b2 = kB2, b3 = kB2 * kB;
constexpr float ab2 = kA * kB2, a2b = kA2 * kB, a2b2 = kA2 * kB2, a2_plus_b2 = kA2 + kB2;

// The powers 1, p, p^2 over N(p).
constexpr float g0 = 1 / (kA2 * kB2);
constexpr float ga = 1 / kNa, ga1 = kA / kNa, ga2 = kA2 / kNa;
constexpr float gb = 1 / kNb, gb1 = kB / kNb, gb2 = kB2 / kNb;

}  // namespace points

// Rows p and -p of a matrix differ in the sign of odd powers: even + odd and even - odd.

/// B^T d: 6 -> 6.
[[gnu::always_inline]] inline void input_transform(const Vector* d, Vector* t) {
  using namespace points;
  const Vector even_a = d[4] - b2 * d[2], odd_a = a * d[3] - ab2 * d[1];
  const Vector even_b = d[4] - a2 * d[2], odd_b = b * d[3] - a2b * d[1];
  t[0] = d[4] - a2_plus_b2 * d[2] + a2b2 * d[0];
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = d[5] - a2_plus_b2 * d[3] + a2b2 * d[1];
}

/// B t: 6 -> 6.
[[gnu::always_inline]] inline void input_adjoint(const Vector* t, Vector* d) {
  using namespace points;
  const Vector sum_a = t[1] + t[2], difference_a = t[1] - t[2], sum_b = t[3] + t[4], difference_b = t[3] - t[4];
  d[0] = a2b2 * t[0];
  d[1] = a2b2 * t[5] - ab2 * difference_a - a2b * difference_b;
  d[2] = -a2_plus_b2 * t[0] - b2 * sum_a - a2 * sum_b;
  d[3] = a * difference_a + b * difference_b - a2_plus_b2 * t[5];
  d[4] = t[0] + sum_a + sum_b;
  d[5] = t[5];
}

/// A^T t: 6 -> 4.
[[gnu::always_inline]] inline void output_transform(const Vector* t, Vector* y) {
  using namespace points;
  const Vector sum_a = t[1] + t[2], difference_a = t[1] - t[2], sum_b = t[3] + t[4], difference_b = t[3] - t[4];
  y[0] = t[0] + sum_a + sum_b;
  y[1] = a * difference_a + b * difference_b;
  y[2] = a2 * sum_a + b2 * sum_b;
  y[3] = a3 * difference_a + b3 * difference_b + t[5];
}

/// A y: 4 -> 6.
[[gnu::always_inline]] inline void output_adjoint(const Vector* y, Vector* t) {
  using namespace points;
  const Vector even_a = y[0] + a2 * y[2], odd_a = a * y[1] + a3 * y[3];
  const Vector even_b = y[0] + b2 * y[2], odd_b = b * y[1] + b3 * y[3];
  t[0] = y[0];
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = y[3];
}

/// G g: 3 -> 6.
[[gnu::always_inline]] inline void weight_transform(const Vector* g, Vector* t) {
  using namespace points;
  const Vector even_a = ga * g[0] + ga2 * g[2], odd_a = ga1 * g[1];
  const Vector even_b = gb * g[0] + gb2 * g[2], odd_b = gb1 * g[1];
  t[0] = g0 * g[0];
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = g[2];
}

/// G^T t: 6 -> 3.
[[gnu::always_inline]] inline void weight_adjoint(const Vector* t, Vector* g) {
  using namespace points;
  const Vector sum_a = t[1] + t[2], difference_a = t[1] - t[2], sum_b = t[3] + t[4], difference_b = t[3] - t[4];
  g[0] = g0 * t[0] + ga * sum_a + gb * sum_b;
  g[1] = ga1 * difference_a + gb1 * difference_b;
  g[2] = ga2 * sum_a + gb2 * sum_b + t[5];
}

/// Applies a transform from `From` to `To` elements to the columns and then to the rows of From x From vectors: get(i,
/// j) returns one, put(i, j, vector) takes one of To x To.
template <int From, int To, void (*Transform)(const Vector*, Vector*), class Get, class Put>
[[gnu::always_inline]] inline void transform_2d(Get get, Put put) {
  Vector half[To][From];
  TUNA_UNROLL
  for (int j = 0; j < From; ++j) {
    Vector from[From], to[To];
    TUNA_UNROLL
    for (int i = 0; i < From; ++i) from[i] = get(i, j);
    Transform(from, to);
    TUNA_UNROLL
    for (int i = 0; i < To; ++i) half[i][j] = to[i];
  }
  TUNA_UNROLL
  for (int i = 0; i < To; ++i) {
    Vector to[To];
    Transform(half[i], to);
    TUNA_UNROLL
    for (int j = 0; j < To; ++j) put(i, j, to[j]);
  }
}

}  // namespace tuna::conv_cpu::winograd
