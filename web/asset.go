package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"

	br "github.com/andybalholm/brotli"
)

// asset is one file, ready to be served in each coding.
type asset struct {
	name        string // "styles/main.css"
	contentType string
	hash        string // of the content
	size        int64  // uncompressed
	plain       []byte // nil for built files: those are kept compressed only
	gzip, br    []byte // nil when compressing does not pay
}

// hashLength is how many hex digits of SHA-256 stand in a name: 64 bits.
const hashLength = 16

func contentHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:hashLength]
}

// newAsset makes an asset of a file as it is written.
func newAsset(name string, data []byte) (asset, error) {
	a := asset{name: name, contentType: contentType(name), hash: contentHash(data), size: int64(len(data)), plain: data}
	if !compressible(a.contentType) {
		return a, nil
	}
	var g, b bytes.Buffer
	zip, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return asset{}, fmt.Errorf("compress %s: %w", name, err)
	}
	for _, w := range []io.WriteCloser{zip, br.NewWriterLevel(&b, br.BestCompression)} {
		if _, err := w.Write(data); err != nil {
			return asset{}, fmt.Errorf("compress %s: %w", name, err)
		}
		if err := w.Close(); err != nil {
			return asset{}, fmt.Errorf("compress %s: %w", name, err)
		}
	}
	if g.Len() < len(data) {
		a.gzip = g.Bytes()
	}
	if b.Len() < len(data) {
		a.br = b.Bytes()
	}
	return a, nil
}

var errNotGzip = errors.New("not a gzip file")

// builtAsset makes an asset of a file that the Makefile compressed. Its hash is
// that of the gzip file, so that nothing need be unpacked at start.
func builtAsset(name string, gz, brotli []byte) (asset, error) {
	if len(gz) < 18 || gz[0] != 0x1f || gz[1] != 0x8b {
		return asset{}, fmt.Errorf("%s.gz: %w", name, errNotGzip)
	}
	return asset{
		name: name, contentType: contentType(name), hash: contentHash(gz),
		size: int64(binary.LittleEndian.Uint32(gz[len(gz)-4:])), // RFC 1952: the length of the content
		gzip: gz, br: brotli,
	}, nil
}

// url is the address that browsers may keep for good.
func (a asset) url() string {
	ext := path.Ext(a.name)
	return "/web/" + strings.TrimSuffix(a.name, ext) + "." + a.hash + ext
}

// in is the content in that coding or, where there is none, in the next best.
// For a built file in no coding at all, it is unpacked while it is sent.
func (a asset) in(e encoding) (body io.Reader, length int64, actual encoding, err error) {
	switch {
	case e == brotli && a.br != nil:
		return bytes.NewReader(a.br), int64(len(a.br)), brotli, nil
	case e != identity && a.gzip != nil:
		return bytes.NewReader(a.gzip), int64(len(a.gzip)), gzipped, nil
	case a.plain != nil:
		return bytes.NewReader(a.plain), int64(len(a.plain)), identity, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.gzip))
	if err != nil {
		return nil, 0, identity, fmt.Errorf("unpack %s: %w", a.name, err)
	}
	return r, a.size, identity, nil
}

// contentType goes by the name. The list is closed: the machine's own table may
// say something else.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".wasm":
		return "application/wasm"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".webp":
		return "image/webp"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

func compressible(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "image/png", "image/webp", "font/woff2", "application/octet-stream":
		return false
	}
	return true
}
