ARG TAG=4-node20
FROM mcr.microsoft.com/azure-functions/node:${TAG} AS base
# expect(+1): azure-build-image
FROM shop.azurecr.io/base/node:20
COPY --from=mcr.microsoft.com/azure-cli:2.61.0 /usr/bin/az /usr/bin/az
FROM base
