// Package config holds the settings of the program: their names, their allowed
// values, and the origin of each value.
//
// Settings are a value. Load makes it from defaults, file, environment and
// flags; each overrides the ones before it. With returns a copy with another
// value. Code that needs other settings copies them, so that no change is
// visible elsewhere.
package config
