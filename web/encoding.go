package web

import (
	"strconv"
	"strings"
)

// encoding is a content coding as HTTP names it; identity is none.
type encoding string

const (
	identity encoding = "identity"
	gzipped  encoding = "gzip"
	brotli   encoding = "br"
)

// negotiate picks the best coding that an Accept-Encoding header allows
// (RFC 9110, 12.5.3): br before gzip where both are welcome alike. A client
// that forbids everything gets identity, for want of better.
func negotiate(accept string) encoding {
	weights := map[string]float64{}
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		weights[name] = weight(params)
	}
	best, most := identity, 0.0
	for _, coding := range []encoding{gzipped, brotli} {
		w, named := weights[string(coding)]
		if !named {
			w = weights["*"]
		}
		if w > 0 && w >= most {
			best, most = coding, w
		}
	}
	// Identity counts as welcome unless named; only a higher weight of its own
	// puts it before a coding.
	if w, named := weights[string(identity)]; named && w > most {
		return identity
	}
	return best
}

// weight reads ";q=0.5"; what cannot be read is 0, so it is not chosen.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
