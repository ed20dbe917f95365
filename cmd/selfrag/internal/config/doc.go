// Package config holds the settings of the program: what they are, what they may
// be, and where each value came from.
//
// Settings are a value. Load makes it of defaults, file, environment and flags,
// each above the one before; With makes a copy with another value. Whoever works
// under other settings copies them, so that nobody's change is seen elsewhere.
package config
