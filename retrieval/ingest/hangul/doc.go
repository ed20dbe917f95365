// Package hangul reads documents of Hangul (한컴오피스 한글), the word processor: HWPX
// and HWP 5.
package hangul
