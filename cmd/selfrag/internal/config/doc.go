// Package config holds the settings of the program: their names, their allowed
// values, and the origin of each value.
//
// Load makes a Settings value from defaults, a file, the environment and flags.
// Each of them overrides the ones before it. With returns a copy in which one
// setting has another value. Settings are not changed in place: code that needs
// other settings makes a copy, so that no change is visible elsewhere.
package config
