// Package lists measures in Chromium how long a list takes from the drop to the
// judged preview, in our file worker and in a worker as a good web developer
// writes it. The benchmark has the build tag journey; make bench runs it.
package lists
