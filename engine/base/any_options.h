// Type-erased options of a component: a method, a term of an objective.
#pragma once

#include <memory>
#include <typeinfo>

#include "engine/base/check.h"
#include "engine/base/json_fields.h"

namespace tuna {

/// A struct with a field list (json_fields.h) and ==, of any type; copies like a value.
class AnyOptions {
 public:
  /// No options: a field list without entries.
  AnyOptions() : AnyOptions(None()) {}

  template <class Options>
  AnyOptions(Options options) : held_(std::make_unique<Model<Options>>(std::move(options))) {}

  AnyOptions(const AnyOptions& other) : held_(other.held_->clone()) {}
  AnyOptions(AnyOptions&&) = default;
  AnyOptions& operator=(AnyOptions other) {
    held_ = std::move(other.held_);
    return *this;
  }

  /// Throws Error if they are of another type.
  template <class Options>
  const Options& as() const {
    const auto* model = dynamic_cast<const Model<Options>*>(held_.get());
    check(model != nullptr, "options: read as a type other than their own");
    return model->options;
  }
  template <class Options>
  Options& as() {
    return const_cast<Options&>(std::as_const(*this).as<Options>());
  }

  template <class Fields>
  void fields(Fields& field) {
    held_->fields(field);
  }

  bool operator==(const AnyOptions& other) const { return held_->equals(*other.held_); }

 private:
  struct None {
    template <class Fields>
    void fields(Fields&) {}
    bool operator==(const None&) const = default;
  };

  struct Held {
    virtual ~Held() = default;
    virtual std::unique_ptr<Held> clone() const = 0;
    virtual bool equals(const Held& other) const = 0;
    virtual void fields(json_fields::KeyPaths& field) = 0;
    virtual void fields(json_fields::JsonReader& field) = 0;
    virtual void fields(json_fields::JsonWriter& field) = 0;
    virtual void fields(json_fields::JsonSchema& field) = 0;
  };

  template <class Options>
  struct Model final : Held {
    Options options;

    explicit Model(Options value) : options(std::move(value)) {}
    std::unique_ptr<Held> clone() const override { return std::make_unique<Model>(*this); }
    bool equals(const Held& other) const override {
      const auto* same = dynamic_cast<const Model*>(&other);
      return same != nullptr && same->options == options;
    }
    void fields(json_fields::KeyPaths& field) override { options.fields(field); }
    void fields(json_fields::JsonReader& field) override { options.fields(field); }
    void fields(json_fields::JsonWriter& field) override { options.fields(field); }
    void fields(json_fields::JsonSchema& field) override { options.fields(field); }
  };

  std::unique_ptr<Held> held_;
};

}  // namespace tuna
