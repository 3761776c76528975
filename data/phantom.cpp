#include "data/phantom.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "data/csv.h"
#include "engine/base/check.h"
#include "engine/base/random.h"

namespace tuna {
namespace {

constexpr float kPi = 3.14159265f;

/// In the chest's own coordinates x grows to the right of the picture, y downwards; the frame is -1 ... 1.
struct Point {
  float x, y;
};

/// 1 well inside, 0 well outside, smooth in between; `distance` is positive inside.
float inside(float distance, float softness) {
  const float t = std::clamp(distance / (2 * softness) + 0.5f, 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

/// Approximate distance to the edge of an ellipse, positive inside.
float ellipse(Point p, Point center, float rx, float ry) {
  return (1 - std::hypot((p.x - center.x) / rx, (p.y - center.y) / ry)) * std::min(rx, ry);
}

/// Distance to a line from a to b whose half width changes from wa to wb, positive inside.
float capsule(Point p, Point a, Point b, float wa, float wb) {
  const float dx = b.x - a.x, dy = b.y - a.y;
  const float t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy), 0.0f, 1.0f);
  return wa + (wb - wa) * t - std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// Value noise over the plane: a lattice of random numbers, interpolated smoothly, with period 32.
class Clouds {
 public:
  explicit Clouds(Random& random) {
    for (float& value : lattice_) value = float(random.uniform(-1, 1));
  }

  float at(float x, float y) const {
    const float left = std::floor(x), top = std::floor(y);
    const float u = ease(x - left), v = ease(y - top);
    const int column = int(left) & 31, row = int(top) & 31, right = (column + 1) & 31, bottom = (row + 1) & 31;
    const float above = value(row, column) * (1 - u) + value(row, right) * u;
    const float below = value(bottom, column) * (1 - u) + value(bottom, right) * u;
    return above * (1 - v) + below * v;
  }

  /// Three octaves, about -1 ... 1.
  float fractal(float x, float y) const {
    return (at(x, y) + 0.5f * at(2.1f * x + 5, 2.1f * y + 9) + 0.25f * at(4.3f * x + 17, 4.3f * y + 3)) / 1.3f;
  }

 private:
  static float ease(float t) { return t * t * (3 - 2 * t); }
  float value(int row, int column) const { return lattice_[size_t(row * 32 + column)]; }

  std::array<float, 32 * 32> lattice_;
};

/// The parameters of a domain: lengths in units of half the picture, attenuations in units of the whole gray range.
struct Build {
  float scale;                          // of the chest in the picture
  float torso, neck;                    // half widths
  float lung_x, lung_rx, lung_ry;       // lungs: centers and radii
  float diaphragm;                      // height of its domes
  float heart_rx, heart_ry;             //
  int ribs;                             //
  float rib_step, rib_width, rib_drop;  // from rib to rib; half width; how far they fall to the side
  bool arms_up;
  float rotation, shift;  // largest, in radians and half pictures
  float contrast, brightness, gamma, noise;
};

constexpr Build kAdult = {1.0f,   0.90f,  0.24f, 0.40f, 0.30f, 0.66f, 0.40f, 0.30f, 0.25f, 10,
                          0.135f, 0.030f, 0.15f, false, 0.04f, 0.05f, 1.0f,  0.02f, 0.95f, 0.010f};
constexpr Build kChild = {0.84f,  0.84f,  0.22f, 0.40f, 0.32f, 0.52f, 0.30f, 0.40f, 0.32f, 9,
                          0.125f, 0.022f, 0.06f, true,  0.12f, 0.06f, 0.95f, 0.06f, 0.62f, 0.015f};

struct Blob {
  Point center;
  float radius, stretch, strength, noise_x, noise_y;
};

struct Vessel {
  Point root, bend, tip;
  float width;
};

/// Everything that is drawn at random once per patient.
struct Patient {
  Build build;
  float lung_air, rib_strength, heart_shift, spine_bend, breast, stomach, aorta;
  std::vector<Vessel> vessels;
  std::vector<Blob> opacities, shadows;  // disease; smooth shadows unrelated to it

  Patient(const Build& domain, bool diseased, Random& random) : build(domain) {
    const auto vary = [&](float& value, double by) { value *= float(random.uniform(1 - by, 1 + by)); };
    vary(build.scale, 0.05);
    vary(build.lung_rx, 0.07);
    vary(build.lung_ry, 0.07);
    vary(build.heart_rx, 0.12);
    vary(build.heart_ry, 0.10);
    vary(build.rib_step, 0.06);
    vary(build.rib_width, 0.15);
    vary(build.rib_drop, 0.30);
    build.diaphragm += float(random.uniform(-0.06, 0.06));
    lung_air = float(random.uniform(0.36, 0.50));
    rib_strength = float(random.uniform(0.07, 0.13));
    heart_shift = float(random.uniform(0.06, 0.15));
    spine_bend = float(random.uniform(-0.04, 0.04));
    breast = random.uniform() < 0.4 ? float(random.uniform(0.03, 0.09)) : 0.0f;
    stomach = random.uniform() < 0.5 ? float(random.uniform(0.08, 0.2)) : 0.0f;
    aorta = float(random.uniform(0.06, 0.10));

    for (const float side : {-1.0f, 1.0f})
      for (int i = 0; i < 8; ++i) {
        const double angle = -1.25 + 2.5 * (i + random.uniform(-0.4, 0.4)) / 7, length = random.uniform(0.22, 0.42);
        const Point root{side * 0.2f, 0.02f};
        const auto along = [&](double way, double turn) {
          return Point{root.x + side * float(way * std::cos(angle + turn) * 0.75),
                       root.y + float(way * std::sin(angle + turn))};
        };
        vessels.push_back({root, along(length / 2, 0), along(length, random.uniform(-0.3, 0.3)),
                           float(random.uniform(0.012, 0.022))});
      }

    const auto place = [&](double low, double high) {
      const float side = random.uniform() < 0.5 ? -1.0f : 1.0f;
      Blob blob;
      blob.center = {side * (build.lung_x + float(random.uniform(-0.25, 0.60)) * build.lung_rx),
                     float(random.uniform(-0.65, 0.25)) * build.lung_ry};
      blob.radius = float(random.uniform(low, high));
      blob.stretch = float(random.uniform(0.75, 1.35));
      blob.noise_x = float(random.uniform(0, 32));
      blob.noise_y = float(random.uniform(0, 32));
      return blob;
    };
    const int opacity_count = diseased ? 1 + int(random.below(3)) : 0;
    for (int i = 0; i < opacity_count; ++i) {
      opacities.push_back(place(0.15, 0.26));
      opacities.back().strength = float(random.uniform(0.26, 0.40));
    }
    const int shadow_count = int(random.below(3)) + (diseased ? 0 : 1);
    for (int i = 0; i < shadow_count; ++i) {
      shadows.push_back(place(0.16, 0.34));
      shadows.back().strength = float(random.uniform(0.06, 0.22));
    }
  }
};

/// Everything that is drawn at random once per image.
struct View {
  float angle, dx, dy, zoom, contrast, brightness, gamma;
  bool wire, marker;
  float wire_start, wire_end, wire_bow;

  View(const Build& build, Random& random) {
    angle = float(random.uniform(-build.rotation, build.rotation));
    dx = float(random.uniform(-build.shift, build.shift));
    dy = float(random.uniform(-build.shift, build.shift));
    zoom = float(random.uniform(0.97, 1.03));
    contrast = build.contrast * float(random.uniform(0.85, 1.15));
    brightness = build.brightness + float(random.uniform(-0.06, 0.06));
    gamma = build.gamma * float(random.uniform(0.85, 1.15));
    wire = random.uniform() < 0.25;
    marker = random.uniform() < 0.6;
    wire_start = float(random.uniform(-0.6, 0.6));
    wire_end = float(random.uniform(-0.7, 0.7));
    wire_bow = float(random.uniform(-0.4, 0.4));
  }
};

/// Attenuation at a point of the chest; `pixel` is the size of a pixel, the minimum softness of an edge.
class Chest {
 public:
  Chest(const Patient& patient, const Clouds& clouds, float pixel)
      : patient_(patient), build_(patient.build), clouds_(clouds), pixel_(pixel) {}

  float attenuation(Point p) const {
    const float torso = half_width(p.y);
    const float body = inside(torso - std::abs(p.x), soft(0.02f));
    const float thickness = 0.50f + 0.14f * (1 - std::min(1.0f, p.x * p.x / (torso * torso)));
    float sum = body * thickness + (1 - body) * arms(p);
    if (body > 0) {
      const float abdomen = inside(p.y - diaphragm(p.x), soft(0.05f));
      sum += body * (0.10f * abdomen + heart_and_vessels_of_the_middle(p) * (1 - abdomen));
      sum -= body * patient_.stomach * inside(ellipse(p, {0.34f, build_.diaphragm + 0.20f}, 0.16f, 0.09f), soft(0.04f));
      const float air = lung(p);
      if (air > 0) sum += air * (lung_texture(p) - patient_.lung_air);
      sum += body * (spine(p) + ribs(p) + clavicles(p) + breasts(p));
      sum += 0.03f * body * clouds_.fractal(1.5f * p.x + 11, 1.5f * p.y + 23);
    }
    return sum;
  }

 private:
  float soft(float softness) const { return std::max(softness, 0.7f * pixel_); }

  float half_width(float y) const {
    const float shoulder = inside(y + (build_.arms_up ? 0.72f : 0.80f), 0.14f);
    const float waist = 0.05f * inside(y - 0.5f, 0.4f);
    return build_.neck + (build_.torso - build_.neck) * shoulder - waist;
  }

  float arms(Point p) const {
    if (!build_.arms_up) return 0;
    const Point mirrored{std::abs(p.x), p.y};
    const Point shoulder{0.70f, -0.52f}, elbow{1.16f, -0.98f};
    const float flesh = inside(capsule(mirrored, shoulder, elbow, 0.17f, 0.13f), soft(0.02f));
    const float bone = inside(capsule(mirrored, shoulder, elbow, 0.045f, 0.035f), soft(0.015f));
    const float chin = inside(ellipse(p, {0, -1.15f}, 0.36f, 0.30f), soft(0.03f));
    return std::max(0.42f * flesh + 0.22f * bone, 0.6f * chin);
  }

  /// Height of the dome over a point, the liver's side (left in the picture) higher.
  float diaphragm(float x) const {
    const float from_center = (std::abs(x) - build_.lung_x) / build_.lung_rx;
    return build_.diaphragm - (x < 0 ? 0.05f : 0.0f) + 0.13f * from_center * from_center;
  }

  float heart(Point p) const {
    const float low = build_.diaphragm - 0.50f * build_.heart_ry;
    const Point left{p.x - patient_.heart_shift + 0.10f, p.y - low};  // the left ventricle, its tip down to the side
    const Point turned{0.88f * left.x + 0.47f * left.y, 0.88f * left.y - 0.47f * left.x};
    const float ventricle = ellipse(turned, {0.06f, 0}, 1.15f * build_.heart_rx, 0.80f * build_.heart_ry);
    const float atrium =
        ellipse(p, {patient_.heart_shift - 0.13f, low - 0.03f}, 0.50f * build_.heart_rx, 0.85f * build_.heart_ry);
    return inside(std::max(ventricle, atrium), soft(0.03f));
  }

  float middle(Point p) const {
    const float band = inside(0.13f + 0.04f * inside(-p.y - 0.3f, 0.2f) - std::abs(p.x - 0.01f), soft(0.03f));
    const float knob = inside(ellipse(p, {0.12f, -0.26f}, patient_.aorta, patient_.aorta * 1.2f), soft(0.02f));
    const float trachea = inside(0.035f - std::abs(p.x + 0.01f), soft(0.015f)) * inside(-p.y - 0.25f, 0.05f);
    return std::max(band, knob) - 0.5f * trachea;
  }

  float heart_and_vessels_of_the_middle(Point p) const { return std::max(0.07f * heart(p), 0.05f * middle(p)); }

  float lung(Point p) const {
    const float lean = 0.16f * (p.y / build_.lung_ry);  // the tops lie nearer to the middle
    const float dx = (std::abs(p.x) - build_.lung_x - 0.5f * lean * build_.lung_rx) / build_.lung_rx;
    const float dy = (p.y + 0.06f) / build_.lung_ry;
    const float oval = (1 - std::pow(std::pow(std::abs(dx), 2.3f) + std::pow(std::abs(dy), 2.3f), 1 / 2.3f));
    const float edge = std::min(oval * build_.lung_rx, diaphragm(p.x) - p.y);
    return inside(edge, soft(0.02f)) * (1 - heart(p)) * (1 - std::clamp(middle(p), 0.0f, 1.0f));
  }

  /// What is visible inside the air: vessels, disease, shadows.
  float lung_texture(Point p) const {
    float vessels = 0;
    for (const Vessel& v : patient_.vessels)
      vessels = std::max({vessels, inside(capsule(p, v.root, v.bend, 1.6f * v.width, v.width), soft(0.015f)),
                          0.8f * inside(capsule(p, v.bend, v.tip, v.width, 0.3f * v.width), soft(0.015f))});
    const float hilum = inside(ellipse({std::abs(p.x), p.y}, {0.2f, 0.02f}, 0.09f, 0.15f), 0.05f);
    float sum = 0.09f * vessels + 0.05f * hilum + 0.03f * clouds_.fractal(9 * p.x + 3, 9 * p.y + 7);

    for (const Blob& blob : patient_.shadows)
      sum +=
          blob.strength * inside(ellipse(p, blob.center, blob.radius * blob.stretch, blob.radius), 0.7f * blob.radius);
    for (const Blob& blob : patient_.opacities) sum += blob.strength * opacity(p, blob);
    return sum;
  }

  /// A patch with a ragged edge, made of clumps: filled and airy spots next to each other.
  float opacity(Point p, const Blob& blob) const {
    const float x = p.x + blob.noise_x, y = p.y + blob.noise_y;
    const float ragged = blob.radius * (1 + 0.6f * clouds_.fractal(4 * x, 4 * y));
    const float patch = inside(ellipse(p, blob.center, ragged * blob.stretch, ragged), 0.35f * blob.radius);
    return patch * (0.42f + 0.70f * clouds_.fractal(7 * x, 7 * y));
  }

  float spine(Point p) const {
    const float x = p.x - patient_.spine_bend * std::sin(2 * p.y);
    const float column = inside(0.085f - std::abs(x), soft(0.02f));
    const float vertebra = 0.5f + 0.5f * std::cos(2 * kPi * p.y / (0.95f * build_.rib_step));
    return column * (0.07f + 0.05f * vertebra);
  }

  /// A bone's shadow: brighter at its edges, where the beam passes along the hard rim.
  float bone(float distance, float half_width) const {
    const float band = inside(distance, soft(0.008f));
    return band * (1 - 0.4f * std::clamp(distance / half_width, 0.0f, 1.0f));
  }

  float ribs(Point p) const {
    const float wall = build_.lung_x + 1.10f * build_.lung_rx, u = std::abs(p.x) / wall;
    if (u > 1.02f) return 0;
    const float cage = inside(1 - u, 0.02f);
    const float along = u * u, down = 0.22f * along * along * along * along;
    const float slope = 2 * build_.rib_drop * u / wall + 8 * 0.22f * along * along * along * u / wall;
    const float steep = std::sqrt(1 + slope * slope);  // from vertical to shortest distance
    float sum = 0;
    for (int i = 0; i < build_.ribs; ++i) {
      const float top = -1.02f * build_.lung_ry - 0.10f + build_.rib_step * float(i);
      const float back = top + build_.rib_drop * along + down - 0.03f * std::sin(kPi * u);
      sum += bone(build_.rib_width - std::abs(p.y - back) / steep, build_.rib_width) * inside(u - 0.10f, 0.04f);
      // In front the same rib comes back towards the breastbone, lower, and ends in cartilage that is not seen.
      const float front = top + build_.rib_drop + 0.22f + 0.30f * (1 - u) - 0.10f * (1 - u) * (1 - u);
      const float front_width = 1.2f * build_.rib_width;
      sum += 0.6f * bone(front_width - std::abs(p.y - front), front_width) * inside(u - 0.52f, 0.10f)
             * inside(0.97f - u, 0.04f);
    }
    return patient_.rib_strength * cage * sum;
  }

  float clavicles(Point p) const {
    const float u = (std::abs(p.x) - 0.08f) / 0.60f;
    if (u < -0.1f || u > 1.1f) return 0;
    const float y = -0.90f * build_.lung_ry - 0.10f * u + 0.03f * std::sin(2 * kPi * u);
    const float ends = inside(u, 0.03f) * inside(1 - u, 0.05f);
    return 1.2f * patient_.rib_strength * ends * bone(1.1f * build_.rib_width - std::abs(p.y - y), build_.rib_width);
  }

  float breasts(Point p) const {
    return patient_.breast
           * inside(ellipse({std::abs(p.x), p.y}, {0.45f, build_.diaphragm - 0.12f}, 0.34f, 0.30f), 0.05f);
  }

  const Patient& patient_;
  const Build& build_;
  const Clouds& clouds_;
  float pixel_;
};

/// A cable on the skin and a letter marker next to the chest, both unrelated to the disease.
float foreign_bodies(Point frame, const View& view, float pixel) {
  float sum = 0;
  if (view.wire) {
    const float t = (frame.y + 1) / 2;
    const float x = view.wire_start + (view.wire_end - view.wire_start) * t + view.wire_bow * t * (1 - t);
    sum += 0.25f * inside(0.010f - std::abs(frame.x - x), std::max(0.01f, 0.7f * pixel));
  }
  if (view.marker) {
    const float stroke = std::max(capsule(frame, {-0.9f, -0.92f}, {-0.9f, -0.78f}, 0.015f, 0.015f),
                                  capsule(frame, {-0.9f, -0.78f}, {-0.82f, -0.78f}, 0.015f, 0.015f));
    sum += 0.8f * inside(stroke, 0.7f * pixel);
  }
  return sum;
}

void check_size(int64_t size) {
  check(size >= kSmallestPhantom && size <= kLargestPhantom, "phantom: size {}, expected {} to {} pixels", size,
        kSmallestPhantom, kLargestPhantom);
}

}  // namespace

Image phantom(const std::string& domain, bool diseased, uint64_t seed, uint32_t patient_number, uint32_t image_number,
              int64_t size) {
  check(domain == "adult" || domain == "child", "phantoms are \"adult\" or \"child\", not \"{}\"", domain);
  check_size(size);
  const Build& build = domain == "adult" ? kAdult : kChild;
  Random of_patient(seed, "phantom/patient/" + domain, patient_number);
  Random of_image(seed, "phantom/image/" + domain, patient_number, image_number);
  const Patient patient(build, diseased, of_patient);
  const Clouds clouds(of_patient);
  const View view(build, of_image);

  const float pixel = 2 / float(size), cosine = std::cos(view.angle), sine = std::sin(view.angle);
  const float scale = patient.build.scale * view.zoom;
  const Chest chest(patient, clouds, pixel / scale);
  Image image(size, size, 1);
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column) {
      const Point frame{(float(column) + 0.5f) * pixel - 1, (float(row) + 0.5f) * pixel - 1};
      const float x = (frame.x - view.dx) / scale, y = (frame.y - view.dy) / scale;
      const float attenuation = chest.attenuation({cosine * x + sine * y, cosine * y - sine * x});
      const float film = view.brightness + view.contrast * (attenuation + foreign_bodies(frame, view, pixel));
      const float gray = std::pow(std::clamp(film, 0.0f, 1.0f), view.gamma) + build.noise * float(of_image.normal());
      image.at(row, column) = std::clamp(gray, 0.0f, 1.0f) * 2 - 1;
    }
  return image;
}

void write_phantoms(const std::filesystem::path& folder, const PhantomOptions& options, const ItemsDone& drawn) {
  check_size(options.size);
  for (const int64_t count : {options.adults, options.children})
    check(count >= 0 && count <= kMostPhantoms, "phantoms: {} images of a domain, expected at most {}", count,
          kMostPhantoms);
  for (const char* name : {"manifest.csv", "adult", "child"})
    check(!std::filesystem::exists(folder / name), "{}: already there, not overwritten", (folder / name).string());
  struct Drawing {
    std::string name, domain;
    bool diseased;
    uint32_t patient, image;
  };
  std::vector<Drawing> drawings;
  const auto add_domain = [&](const std::string& domain, int64_t count) {
    std::error_code error;
    std::filesystem::create_directories(folder / domain, error);
    check(!error, "{}: cannot be created: {}", (folder / domain).string(), error.message());
    int64_t added = 0;
    for (uint32_t patient = 0; added < count; ++patient) {
      const uint32_t images = patient % 6 < 2 ? 2 : 1;
      for (uint32_t image = 0; image < images && added < count; ++image, ++added)
        drawings.push_back(
            {fmt::format("{}/{:04}_{}.png", domain, patient, image), domain, patient % 2 == 1, patient, image});
    }
  };
  add_domain("adult", options.adults);
  add_domain("child", options.children);
  const auto draw = [&](size_t i) {
    const Drawing& each = drawings[i];
    write_png(folder / each.name,
              phantom(each.domain, each.diseased, options.seed, each.patient, each.image, options.size));
  };
  run_on_threads(drawings.size(), options.threads, draw, drawn);
  std::vector<std::vector<std::string>> rows;
  for (const Drawing& each : drawings)
    rows.push_back({each.name, each.domain, each.diseased ? "pneumonia" : "normal",
                    fmt::format("{}{:04}", each.domain, each.patient)});
  write_csv(folder / "manifest.csv", {"path", "domain", "label", "patient"}, rows);
}

}  // namespace tuna
