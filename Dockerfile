# Outdial in an image that holds nothing but the program and what it needs to
# trust its upstreams. The configuration and its secrets are mounted.
FROM golang:1.26-bookworm AS build
WORKDIR /outdial
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN make build VERSION=$VERSION && mkdir -p /empty/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /outdial/bin/outdial /outdial
COPY --from=build --chown=65532:65532 /empty/data /data
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/outdial"]
CMD ["serve", "--config", "/etc/outdial/outdial.yaml"]
