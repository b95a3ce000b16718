"use strict";

const viewer = document.getElementById("viewer");

SwaggerUIBundle({
  url: viewer.dataset.document,
  domNode: viewer,
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
