export { type ArmTemplate, renderArmTemplate } from "./render.js";
